// The namespaces of a private run.
#pragma once

#include <sys/types.h>

namespace ipcscope {

// Moves this (single-threaded) process into fresh IPC and mount namespaces, its future children into a fresh PID
// namespace; where that needs it, inside a user namespace that changes nobody's identity. 0, or the errno of what the
// machine refused; then nothing has changed that a program could notice. `has_own_network`: into a network of its own too, with
// nothing but the loopback interface, where the machine allows that as well; ports then collide with nobody's.
// `is_host`: and so it does with a name of its own (UTS).
// `network_of`: into the network of that process, and the user namespace that owns it; 0: of nobody.
int enter_namespaces(bool has_own_network, bool is_host, pid_t network_of);

// In the first process of the new PID namespace: a /proc that shows these processes, message queues and named shared memory of its own. A machine
// that forbids one of them (a container's masked /proc) leaves the old one in place.
void mount_own_views();

}  // namespace ipcscope
