"""The commands, a file a group. They write through the same verbs as the server, which sees it within two seconds."""
