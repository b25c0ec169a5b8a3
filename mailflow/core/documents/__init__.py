"""Documents that come by mail: told by their names, filed to their orders, looked over before others see them."""
