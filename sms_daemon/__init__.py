"""The modem's process: takes messages from the branch's outbox and puts them on the air."""
