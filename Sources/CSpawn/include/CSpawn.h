#ifndef CSPAWN_H
#define CSPAWN_H

#include <spawn.h>

/// What the C library offers to GNU programs only, which Swift is none of: where the child works.
int spawn_actions_add_chdir(posix_spawn_file_actions_t *actions, const char *directory);

/// The same: every descriptor from this one on is closed in the child.
int spawn_actions_add_closefrom(posix_spawn_file_actions_t *actions, int descriptor);

#endif
