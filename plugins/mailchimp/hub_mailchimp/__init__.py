"""The mailchimp plugin."""
