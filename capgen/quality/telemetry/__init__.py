"""Rules for data that no model describes: each server and metric beside itself and its peers."""
