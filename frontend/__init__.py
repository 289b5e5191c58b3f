"""The pages that people use, in Danish and English."""
