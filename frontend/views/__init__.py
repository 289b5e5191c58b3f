"""Function views: parse, authorise, call one function, render."""
