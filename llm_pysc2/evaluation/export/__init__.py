"""What was played as data to train on, and as logs of other frameworks; made from traces alone."""
