/** The program that the machine was started for. */
#pragma once

/** Load the initrd's `program` with the arguments in `argv` and the environment in `envp`, and make its first task ready. */
void program_start(void);
