"""thin"""
from tamis.formats.base import Format
FORMAT = Format(name="saved-page", label="a page saved from a paper site", suffix=".txt", sniff=lambda h: False, read=lambda t,l: (0, iter(())))
