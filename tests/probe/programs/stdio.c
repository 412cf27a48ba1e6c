// Calls that libc makes inside itself: stdio's, opendir's, mkstemp's, getline's.
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(void) {
    char line[100];
    getppid();    // one call that is seen in any case
    FILE *file = fopen("some file", "w+");
    fprintf(file, "written by stdio\n");
    fflush(file);
    rewind(file);
    printf("%s", fgets(line, sizeof line, file));
    fclose(file);
    DIR *directory = opendir(".");
    printf("%d\n", directory != NULL);
    closedir(directory);
    FILE *pipe = popen("echo through a pipe", "r");
    printf("%s", fgets(line, sizeof line, pipe));
    return pclose(pipe);
}
