"""Game to language and back: what a model is shown, and what its answer means.

Pure: values in, values out. Knows no model service, no PySC2, no clock and no chance.

    WorldView -> Situation -> describe -> text -> prompt.build_chat -> Chat
    answer text -> parse(text, situation) -> Reply {commands, accepted, rejected, letters, notes, channels}
    commands -> render -> the text that means them; as_json: the same observation as data
"""
