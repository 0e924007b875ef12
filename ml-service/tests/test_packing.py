import numpy as np
import pytest

from ml_service.packing import Step, pack


def test_lays_texts_end_to_end_and_knows_the_way_back() -> None:
    packed = pack([[7, 8, 9], [5]])
    assert packed.ids.tolist() == [7, 8, 9, 5]
    assert packed.positions.tolist() == [0, 1, 2, 0]
    assert packed.rows.tolist() == [[0, 1, 2], [3, 0, 0]]
    assert packed.slots.tolist() == [0, 1, 2, 3]
    assert packed.lengths.tolist() == [3, 1]
    assert np.allclose(packed.pooling, [[1 / 3, 1 / 3, 1 / 3, 0], [0, 0, 0, 1]])
    assert (packed.ids[packed.rows].reshape(-1)[packed.slots] == packed.ids).all()


def test_sizes_are_rounded_up_and_what_that_adds_weighs_nothing() -> None:
    packed = pack([[7, 8, 9], [5]], Step(tokens=32, texts=4, length=16))
    assert packed.ids.shape == packed.positions.shape == packed.slots.shape == (32,)
    assert packed.rows.shape == (4, 16)
    assert packed.pooling.shape == (4, 32)
    assert packed.slots[:4].tolist() == [0, 1, 2, 16]
    assert packed.lengths.tolist() == [3, 1, 1, 1]
    assert packed.pooling[2:].sum() == packed.pooling[:, 4:].sum() == 0


@pytest.mark.parametrize("batch", [[], [[1], []]])
def test_refuses_what_has_no_tokens(batch: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="has tokens"):
        pack(batch)
