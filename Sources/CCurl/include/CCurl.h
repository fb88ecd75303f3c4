/* CCurl.h: what of libcurl is used here, found when it is first needed.
 *
 * libcurl brings OpenSSL and thirty libraries more, about 6 MB of private memory. An agent that has nothing to
 * push must not pay for them, so nothing here is linked: ccurl_load opens the system's libcurl, and the functions
 * below call into it. None may be called before ccurl_load has answered NULL. */
#ifndef CCURL_H
#define CCURL_H

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <stddef.h>

/* Opens and starts libcurl, once for the process. Any thread. Answers NULL, or why it cannot be had. */
const char *ccurl_load(void);

CURL *ccurl_easy_init(void);
void ccurl_easy_cleanup(CURL *easy);
const char *ccurl_easy_strerror(CURLcode code);

/* curl_easy_setopt by the kind of its third argument. */
CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value);
CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, const void *value);

/* Both of CURLOPT_…FUNCTION and its …DATA take this receiver. */
typedef size_t (*ccurl_receiver)(char *bytes, size_t size, size_t count, void *context);
CURLcode ccurl_set_receiver(CURL *easy, CURLoption option, ccurl_receiver receiver);

CURLcode ccurl_get_long(CURL *easy, CURLINFO info, long *value);

struct curl_slist *ccurl_slist_append(struct curl_slist *list, const char *text);
void ccurl_slist_free(struct curl_slist *list);

CURLM *ccurl_multi_init(void);
void ccurl_multi_cleanup(CURLM *multi);
CURLMcode ccurl_multi_add(CURLM *multi, CURL *easy);
CURLMcode ccurl_multi_remove(CURLM *multi, CURL *easy);
CURLMcode ccurl_multi_perform(CURLM *multi, int *running);
CURLMcode ccurl_multi_poll(CURLM *multi, int timeout_ms);
CURLMcode ccurl_multi_wakeup(CURLM *multi); /* from any thread */

/* 1 and the code of a transfer that has ended; 0 while there is none. */
int ccurl_multi_ended(CURLM *multi, CURLcode *code);

#endif
