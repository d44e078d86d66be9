"""What cameras shall look for; whoever has a camera answers on `custom/detections/{slug}`."""

from pydantic import Field

from wactorz_common.contracts._channel import Channel, Payload


class VisionWatch(Payload):
    """Something to look for, for as long as the message is retained."""

    slug: str = Field(description="Detections are published on custom/detections/{slug}")
    target: str = Field(description="What is looked for, for example person")
    camera: str = Field(default="", description="Entity id or name of the camera; empty: any")
    interval_seconds: float = Field(default=1.0, gt=0, description="How often to look")
    rule_id: str = Field(default="", description="Rule that wants it")


VISION_WATCH = Channel(
    "VISION_WATCH", "custom/watches/{slug}", VisionWatch, 1, "What cameras shall look for", retain=True
)

CHANNELS = (VISION_WATCH,)
