"""Errors of the shared code.

CoreError               one sentence, and a hint that says what to do
    WireError           bytes or JSON that are no window, see wire_reader: boards read none
    ModelError          a model file that cannot be used
    ConfigError         a board configuration that cannot be used
"""


class CoreError(Exception):
    def __init__(self, message, hint=None):
        super().__init__(message)
        self.hint = hint


class ModelError(CoreError):
    pass


class ConfigError(CoreError):
    pass
