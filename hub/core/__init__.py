"""The hub's core. It never names a platform; plugins reach it through ``hub`` alone."""
