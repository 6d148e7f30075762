"""Staff: who may enter the console, with which rights."""
