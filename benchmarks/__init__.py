"""What is measured, how, and printed as one flat JSON object: `manage.py bench NAME --json`.

Each module has `run(say)`, which reports progress through `say` and returns figures by snake_case key.
"""
