"""Somebody else's FastAPI app: a picture in, its colours out. It knows nothing of this project; `protected` is the one line."""

import base64
import binascii
import os
from enum import StrEnum
from typing import Annotated, Literal

from fastapi import FastAPI, HTTPException, UploadFile
from pydantic import BaseModel, Field

app = FastAPI(title="Colour labels", version="2.1")


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"
    BLUE = "blue"


class EncodedPicture(BaseModel):
    kind: Literal["base64"]
    data: Annotated[str, Field(min_length=4, description="RGB bytes, three a pixel.")]


class PixelPicture(BaseModel):
    kind: Literal["pixels"]
    pixels: Annotated[list[Annotated[int, Field(ge=0, le=255)]], Field(min_length=3, max_length=30_000)]


class LabelRequest(BaseModel):
    picture: Annotated[EncodedPicture | PixelPicture, Field(discriminator="kind")]
    only: Colour | None = None
    at_least: Annotated[float, Field(ge=0, le=1)] = 0.0


class Label(BaseModel):
    colour: Colour
    share: float
    note: str | None


class LabelReply(BaseModel):
    labels: list[Label]
    pixels: int
    source: int | Literal["base64"]


class Palette(BaseModel):
    names: list[Colour]


@app.post("/pictures/label")
def label_picture(body: LabelRequest) -> LabelReply:
    """Name the colours of a picture."""
    picture = body.picture
    try:
        rgb = base64.b64decode(picture.data, validate=True) if isinstance(picture, EncodedPicture) else bytes(picture.pixels)
    except binascii.Error as error:
        raise HTTPException(422, "picture.data is not base64") from error
    if not rgb or len(rgb) % 3:
        raise HTTPException(400, "a picture has three bytes a pixel")
    total = sum(rgb) or 1
    shares = {colour: sum(rgb[index::3]) / total for index, colour in enumerate(Colour)}
    labels = [
        Label(colour=colour, share=share, note="nothing else" if share == 1 else None)
        for colour, share in shares.items()
        if share >= body.at_least and body.only in {None, colour}
    ]
    return LabelReply(labels=labels, pixels=len(rgb) // 3, source=len(rgb) if picture.kind == "pixels" else "base64")


@app.post("/pictures/upload")
async def upload_picture(file: UploadFile) -> LabelReply:
    return label_picture(LabelRequest(picture=PixelPicture(kind="pixels", pixels=list(await file.read()))))


@app.get("/palettes/{name}")
async def palette(name: str) -> Palette:
    return Palette(names=[colour for colour in Colour if name in {"all", colour}])


if "ML_KEY" in os.environ:
    from ml_service import protect

    protect(app)
