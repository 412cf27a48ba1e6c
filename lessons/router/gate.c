/* gate.c: what the program of a router has to do with each packet. cc -Wall gate.c -o gate && ./gate */
#include <unistd.h>

int main(void)
{
    pause();                                                          /* nothing: its kernel forwards */
    return 0;
}
