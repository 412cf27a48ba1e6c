/* host_router: sleeps, while its kernel forwards packets from one network to the other. */
#include <unistd.h>

int main(void) { return pause(); }
