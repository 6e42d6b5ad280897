"""Puts a set of customers on the cluster for as long as a question about them takes."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pyarrow as pa

from hub.core.engines.bitmap import Bitmap
from hub.core.engines.spark.cluster import Cluster


@contextmanager
def offered(cluster: Cluster, numbers: Bitmap) -> Iterator[str]:
    """The name of a view with the column ``number``: these customers.

    Raises:
        SettingsError, TryAgain: as ``Cluster.use``.
    """
    name = f"hub_few_{uuid.uuid4().hex}"
    table = pa.table({"number": pa.array(numbers.numbers().astype(np.int64))})
    cluster.use(lambda session: session.createDataFrame(table).createOrReplaceTempView(name))
    try:
        yield name
    finally:
        cluster.use(lambda session: session.catalog.dropTempView(name))
