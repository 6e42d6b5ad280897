"""What a user sets to pull a shop from Mailchimp."""

from pydantic import Field, PositiveFloat, SecretStr

from hub import Settings
from hub_mailchimp.settings import SafeAddress


class MailchimpShopSettings(Settings):
    """Settings of the data source."""

    api_key: SecretStr = Field(description="API key, from Profile, Extras, API keys; ends in -us3 or the like")
    store_id: str = Field(
        "",
        max_length=50,
        pattern=r"^[^/?#]*$",
        description="ID of the e-commerce store; empty if the account has only one",
    )
    permission: str = Field(
        "newsletter",
        max_length=200,
        description="what a customer's opt-in status permits; empty: opt-ins are not brought",
    )
    batch_rows: int = Field(10_000, ge=1, le=100_000, description="customers, orders and so on stored at once")
    base_url: SafeAddress | None = Field(
        None, description="address of the interface, /3.0 included; empty: found from the key"
    )
    timeout: PositiveFloat = Field(
        120.0, description="seconds to wait for an answer; Mailchimp itself gives up after 120"
    )
