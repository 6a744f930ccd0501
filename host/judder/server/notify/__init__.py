"""Alerts reach people: incidents become messages, messages wait in an outbox, channels carry them.

    alert -> incident -> message -> outbox -> webhook, MQTT, e-mail

`incidents` decides what is told, `outbox` keeps it until it is delivered, each channel does one thing.
"""
