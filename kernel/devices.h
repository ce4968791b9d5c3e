/** The devices of the board, as the device tree has them. */
#pragma once

/** Start a driver for every node that the table has one for. */
void devices_init(void);
