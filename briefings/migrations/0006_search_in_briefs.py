"""The words of a brief, made by the database itself and known to it alone: `briefings/search.py` asks for them."""

from django.db import migrations

COLUMN = """
ALTER TABLE briefings_brief ADD COLUMN search tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('english', jsonb_path_query_array(body, '$.headline.text')), 'A') ||
    setweight(to_tsvector('english', jsonb_path_query_array(body, '$.takeaways[*].text')), 'B') ||
    setweight(to_tsvector('english', jsonb_path_query_array(body, '$.sections[*].question')), 'C') ||
    setweight(to_tsvector('english', jsonb_path_query_array(body, 'strict $.**.text')), 'D')
) STORED;
CREATE INDEX brief_search ON briefings_brief USING gin (search);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('briefings', '0005_sharing_and_saving'),
    ]

    # Not a field of the model: every query for a brief would fetch it.
    operations = [
        migrations.RunSQL(COLUMN, 'ALTER TABLE briefings_brief DROP COLUMN search'),
    ]
