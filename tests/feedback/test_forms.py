"""The feedback form: nothing typed is lost, anonymous is anonymous."""
