"""Networks made smaller: fewer bits a weight, fewer weights."""
