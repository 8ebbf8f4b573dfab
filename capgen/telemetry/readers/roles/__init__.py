"""What labelled series are: which metric, server and device each of them is."""
