// Never ends, and makes no call.
int main(void) {
    for (volatile unsigned long i = 0;; ++i) {
    }
}
