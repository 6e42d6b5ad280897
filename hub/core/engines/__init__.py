"""Engines answer one question: which customers match this expression?"""
