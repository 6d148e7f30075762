"""What candidates say: answers, interest, feedback."""
