"""The same analysis as a program for R."""
