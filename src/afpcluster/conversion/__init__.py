"""A conversion: `walk` finds the units of a print file, `paint` makes display-list pages of them, `work` is
what one process does with both, `parallel` shares the work out. None of it knows which output is made.
"""
