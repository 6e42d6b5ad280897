"""Providers of text messages on loopback, as strict as documented: Twilio, GatewayAPI, seven and Vonage."""

from hub.testing.platforms.sms.gatewayapi import GatewayApiServer
from hub.testing.platforms.sms.phones import Call, Kept, Phones
from hub.testing.platforms.sms.seven import SevenServer
from hub.testing.platforms.sms.twilio import TwilioServer
from hub.testing.platforms.sms.vonage import VonageServer

__all__ = ["Call", "GatewayApiServer", "Kept", "Phones", "SevenServer", "TwilioServer", "VonageServer"]
