"""The study of the Kazakhstan case: what was computed, and the page that says so in words, numbers and pictures."""
