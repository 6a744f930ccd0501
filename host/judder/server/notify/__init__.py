"""Alerts reach people: faults become messages, messages wait in an outbox, channels carry them.

    alert -> fault -> message -> outbox -> webhook, MQTT, e-mail

`faults` decides what is told, `outbox` keeps it until it is delivered, each channel does one thing.
"""
