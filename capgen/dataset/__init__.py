"""What a dataset's folder is: layout, plan, writing, publishing, manifest."""
