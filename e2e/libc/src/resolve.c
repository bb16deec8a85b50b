/* Resolves a name with the C library that it is linked with. Prints the IPv4
 * addresses, a line for each. Ends with 3 when there is no such name, 4 when no
 * server answered, 5 for anything else. */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
	struct addrinfo hints, *list, *a;
	char text[INET_ADDRSTRLEN];
	int err;

	if (argc != 2)
		return 2;
	memset(&hints, 0, sizeof hints);
	hints.ai_family = AF_UNSPEC;
	hints.ai_socktype = SOCK_STREAM;
	err = getaddrinfo(argv[1], "80", &hints, &list);
	if (err) {
		fprintf(stderr, "%s: %s\n", argv[1], gai_strerror(err));
		if (err == EAI_NONAME)
			return 3;
#ifdef EAI_NODATA
		if (err == EAI_NODATA)
			return 3;
#endif
		return err == EAI_AGAIN ? 4 : 5;
	}
	for (a = list; a; a = a->ai_next)
		if (a->ai_family == AF_INET)
			puts(inet_ntop(AF_INET, &((struct sockaddr_in *)a->ai_addr)->sin_addr, text, sizeof text));
	return 0;
}
