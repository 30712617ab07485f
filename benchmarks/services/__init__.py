"""afp2web under bad input and long use, over HTTP."""
