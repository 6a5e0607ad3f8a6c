"""What holds for every test."""

from hypothesis import settings

# A busy machine must not turn a property into a failure: time is measured in bench/.
settings.register_profile("house", deadline=None)
settings.load_profile("house")
