"""The screen « Tâches » and the banner of the shell: how the work behind the screens is going."""
