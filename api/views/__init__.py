"""Views: parse, authorise, call one function, render."""
