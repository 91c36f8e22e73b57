"""The fleet as a whole: how people's figures differ from their products', what stands out, who falls silent."""
