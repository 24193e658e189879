"""The table of Django's cache in the database, which holds how often somebody tried to sign in.

`createcachetable` makes the same one, but whoever only says `migrate` would have a site that cannot be signed in to.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("users", "0001_initial")]

    operations = [
        migrations.RunSQL(
            [
                """
                CREATE TABLE IF NOT EXISTS cache (
                    cache_key varchar(255) NOT NULL PRIMARY KEY,
                    value text NOT NULL,
                    expires timestamp with time zone NOT NULL
                )
                """,
                "CREATE INDEX IF NOT EXISTS cache_expires ON cache (expires)",
            ],
            ["DROP TABLE cache"],
        )
    ]
