"""Events we go to: the check-in page on a guest's phone, confirmed by mail before anything comes of it."""
