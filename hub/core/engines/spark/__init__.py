"""Answers on a Spark cluster, over what ``hub replica publish`` wrote. Needs ``audience-hub[spark]``."""
