"""People in browsers: how they sign in, what proves it afterwards, and how it ends."""
