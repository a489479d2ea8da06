from llm_pysc2.mail import EVERYONE, LETTER_LIMIT_CHARS, Letter, Mailbox, cut_letter

SUBSCRIBED = Mailbox({"A": frozenset({"Front"}), "B": frozenset({"Front"}), "C": frozenset()})


def test_letters_are_read_next_turn_and_then_gone():
    letter = Letter("A", "B", "hello")
    tomorrow = SUBSCRIBED.deliver([letter])
    assert SUBSCRIBED.inbox("B") == ()
    assert tomorrow.inbox("B") == (letter,)
    assert tomorrow.inbox("C") == ()
    assert tomorrow.deliver([]).inbox("B") == ()


def test_a_channel_is_read_by_all_who_listen_but_the_sender():
    box = SUBSCRIBED.deliver([Letter("A", "Front", "go")])
    assert [len(box.inbox(agent)) for agent in "ABC"] == [0, 1, 0]


def test_a_letter_to_all_is_read_by_everybody_but_the_sender():
    box = SUBSCRIBED.deliver([Letter("A", EVERYONE, "go")])
    assert [len(box.inbox(agent)) for agent in "ABC"] == [0, 1, 1]


def test_who_listens_from_now_on_hears_the_next_turns():
    box = SUBSCRIBED.listen("C", ["Front"]).deliver([Letter("A", "Front", "go")])
    assert len(box.inbox("C")) == 1
    assert len(box.deliver([Letter("B", "Front", "on")]).inbox("C")) == 1


def test_any_number_of_letters_keeps_its_order():
    letters = [Letter("A", "B", str(number)) for number in range(50)]
    assert list(SUBSCRIBED.deliver(letters).inbox("B")) == letters


def test_long_letters_are_cut():
    assert cut_letter("x" * LETTER_LIMIT_CHARS) == "x" * LETTER_LIMIT_CHARS
    assert cut_letter("x" * (LETTER_LIMIT_CHARS + 7)).endswith("x [cut: 7 more characters]")
