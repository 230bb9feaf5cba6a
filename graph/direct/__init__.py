"""Direct writes - SPARQL updates, whole graphs - are rehearsed before they are made: what would change is worked out on
a copy of the data, and what the shapes newly complain of is a reason to refuse it. See ``gate``."""
