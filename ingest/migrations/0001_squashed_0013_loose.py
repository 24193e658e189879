"""All that the first thirteen migrations make, at once: a new database is there in half the time."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
import ingest.models
import pgvector.django.vector
from django.conf import settings
from django.db import migrations, models
from pgvector.django import VectorExtension

from users.indexes import SettleAll


class Migration(migrations.Migration):

    replaces = [('ingest', '0001_initial'), ('ingest', '0002_own_sources'), ('ingest', '0003_story_signals_splits_and_marks'), ('ingest', '0004_polling'), ('ingest', '0005_addressing'), ('ingest', '0006_copies_are_placed_anew'), ('ingest', '0007_revisions_told'), ('ingest', '0008_source_told_at'), ('ingest', '0009_defaults_for_old_workers'), ('ingest', '0010_fewer_indexes'), ('ingest', '0011_forgotten'), ('ingest', '0012_watched'), ('ingest', '0013_loose')]

    initial = True

    dependencies = [
        ('users', '0004_devices'),
    ]

    operations = [
        VectorExtension(),
        migrations.CreateModel(
            name='Robots',
            fields=[
                ('origin', models.CharField(max_length=300, primary_key=True, serialize=False)),
                ('body', models.BinaryField(default=bytes, help_text='the last answer; empty when there is none')),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('silent_since', models.DateTimeField(blank=True, help_text='since when no answer comes', null=True)),
                ('checked_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name_plural': 'robots',
            },
        ),
        migrations.CreateModel(
            name='Source',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('attempt', models.PositiveIntegerField(default=0)),
                ('error', models.TextField(blank=True)),
                ('url', models.CharField(max_length=2000)),
                ('title', models.CharField(blank=True, max_length=300)),
                ('site_url', models.CharField(blank=True, max_length=2000)),
                ('kind', models.CharField(choices=[('lab', 'Lab'), ('newsroom', 'Newsroom'), ('newsletter', 'Newsletter'), ('research', 'Research'), ('policy', 'Policy'), ('hardware', 'Hardware'), ('community', 'Community')], default='newsroom', max_length=20)),
                ('language', models.CharField(default='en', max_length=12)),
                ('primary', models.BooleanField(default=False, help_text='speaks for the organisation the news is about')),
                ('authority', models.FloatField(default=0.5, help_text='0 to 1, weighs in the ranking')),
                ('any_topic', models.BooleanField(default=False, help_text='its items skip the AI-relevance gate')),
                ('sample', models.BooleanField(default=False, help_text='bundled with Nutgraf, shown until real news arrive')),
                ('enabled', models.BooleanField(default=True)),
                ('etag', models.CharField(blank=True, max_length=500)),
                ('last_modified', models.CharField(blank=True, max_length=100)),
                ('body_hash', models.CharField(blank=True, max_length=64)),
                ('last_checked_at', models.DateTimeField(blank=True, null=True)),
                ('last_success_at', models.DateTimeField(blank=True, null=True)),
                ('failures', models.PositiveIntegerField(default=0, help_text='failed looks in a row')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('owner', models.ForeignKey(blank=True, help_text='the reader who added it, and alone sees what comes from it', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sources', to=settings.AUTH_USER_MODEL)),
                ('moved_looks', models.PositiveIntegerField(db_default=0, default=0, help_text='looks in a row that were led there')),
                ('moved_since', models.DateTimeField(blank=True, null=True)),
                ('moved_to', models.CharField(blank=True, db_default='', help_text='where it redirects for good, it says', max_length=2000)),
                ('newest_at', models.DateTimeField(blank=True, help_text='when its newest entry was published', null=True)),
                ('publishes_every', models.DurationField(blank=True, help_text='mean time between its latest entries', null=True)),
                ('skip_days', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, db_default=[], default=list, size=None)),
                ('skip_hours', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, db_default=[], default=list, size=None)),
                ('ttl', models.PositiveIntegerField(blank=True, help_text='minutes it asks not to be read again', null=True)),
                ('told_at', models.DateTimeField(blank=True, help_text='when its owner, or the operator, was told that it cannot be read', null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='source_due'), models.Index(condition=models.Q(('last_checked_at__isnull', False)), fields=['last_checked_at'], name='source_checked')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('owner', None)), fields=('url',), name='one_source_for_everybody'), models.UniqueConstraint(fields=('owner', 'url'), name='one_source_per_owner')],
            },
        ),
        migrations.CreateModel(
            name='Story',
            fields=[
                ('id', models.CharField(default=ingest.models.public_id, editable=False, max_length=16, primary_key=True, serialize=False)),
                ('title', models.TextField()),
                ('first_seen', models.DateTimeField(default=django.utils.timezone.now)),
                ('happened_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('version', models.PositiveIntegerField(default=1, help_text='grows when something material is new')),
                ('origins', models.PositiveIntegerField(default=1)),
                ('score', models.FloatField(default=0, help_text='importance before any reader is considered')),
                ('embedder', models.CharField(blank=True, max_length=80)),
                ('vector', pgvector.django.vector.VectorField(blank=True, null=True)),
                ('sample', models.BooleanField(default=False)),
                ('owner', models.ForeignKey(blank=True, help_text='the reader whose own sources tell it', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='stories', to=settings.AUTH_USER_MODEL)),
                ('authority', models.FloatField(db_default=0, default=0, help_text='of its best source, 0 to 1')),
                ('novelty', models.FloatField(db_default=1, default=1, help_text='0 to 1, against the stories of the 30 days before')),
                ('pickup', models.PositiveIntegerField(db_default=1, default=1, help_text='origins within a day of the first')),
                ('primary', models.BooleanField(db_default=False, default=False, help_text='told by who the news is about')),
            ],
            options={
                'verbose_name_plural': 'stories',
                'indexes': [models.Index(fields=['last_at'], name='story_last_at'), models.Index(fields=['happened_at'], name='story_happened')],
            },
        ),
        migrations.CreateModel(
            name='Article',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('attempt', models.PositiveIntegerField(default=0)),
                ('error', models.TextField(blank=True)),
                ('identity', models.CharField(help_text='hash of guid, else canonical link, else content', max_length=64)),
                ('guid', models.TextField(blank=True)),
                ('url', models.TextField(blank=True)),
                ('canonical_url', models.TextField(blank=True)),
                ('title', models.TextField()),
                ('author', models.TextField(blank=True)),
                ('language', models.CharField(blank=True, max_length=12)),
                ('published_at', models.DateTimeField(blank=True, help_text='what the feed claims', null=True)),
                ('first_seen', models.DateTimeField(default=django.utils.timezone.now)),
                ('happened_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('revision', models.PositiveIntegerField(default=1)),
                ('content_hash', models.CharField(max_length=64)),
                ('feed_text', models.TextField(blank=True, help_text='what the feed itself carried, as plain text')),
                ('text', models.TextField(blank=True)),
                ('text_from_page', models.BooleanField(default=False)),
                ('page_error', models.TextField(blank=True)),
                ('stage', models.CharField(choices=[('new', 'New'), ('read', 'Read'), ('placed', 'Placed'), ('off_topic', 'Off Topic'), ('copy', 'Copy'), ('forgotten', 'Forgotten')], default='new', max_length=12)),
                ('relevance', models.FloatField(blank=True, null=True)),
                ('relevance_reason', models.CharField(blank=True, max_length=300)),
                ('embedder', models.CharField(blank=True, max_length=80)),
                ('vector', pgvector.django.vector.VectorField(blank=True, null=True)),
                ('bands', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None)),
                ('duplicate_of', models.ForeignKey(blank=True, null=True, on_delete=ingest.models.place_again, related_name='copies', to='ingest.article')),
                ('source', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='articles', to='ingest.source')),
                ('story', models.ForeignKey(blank=True, null=True, on_delete=ingest.models.place_again, related_name='articles', to='ingest.story')),
                ('marks', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), blank=True, db_default=django.db.models.expressions.RawSQL("'{}'::integer[]", []), default=list, size=None)),
                ('addressing', models.PositiveIntegerField(db_default=0, default=0, help_text='passages that speak to a model: no brief rests on them')),
                ('characters', models.PositiveIntegerField(blank=True, help_text='of the text that was forgotten', null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='article_due'), models.Index(fields=['happened_at'], name='article_happened'), models.Index(fields=['canonical_url'], name='article_canonical_url'), models.Index(fields=['content_hash'], name='article_content_hash'), django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['marks'], name='article_marks'), django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['bands'], name='article_bands'), models.Index(condition=models.Q(('due_at__isnull', True), models.Q(('error', ''), _negated=True)), fields=['id'], name='article_resting'), models.Index(condition=models.Q(('due_at', None), ('story', None), models.Q(('stage', 'forgotten'), _negated=True)), fields=['happened_at', 'id'], name='article_loose')],
                'constraints': [models.UniqueConstraint(fields=('source', 'identity'), name='one_article_per_source_and_identity'), models.CheckConstraint(condition=models.Q(models.Q(('stage', 'placed'), _negated=True), ('story__isnull', False), _connector='OR'), name='placed_has_story')],
            },
        ),
        migrations.CreateModel(
            name='PageRetry',
            fields=[
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('attempt', models.PositiveIntegerField(default=0)),
                ('error', models.TextField(blank=True)),
                ('article', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='retry', serialize=False, to='ingest.article')),
                ('tries', models.PositiveSmallIntegerField(default=1, help_text='how often it could not be read')),
            ],
            options={
                'verbose_name_plural': 'page retries',
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='page_due')],
            },
        ),
        migrations.CreateModel(
            name='Passage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('start', models.PositiveIntegerField()),
                ('end', models.PositiveIntegerField()),
                ('article', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='passages', to='ingest.article')),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('article', 'number'), name='one_passage_per_number'), models.CheckConstraint(condition=models.Q(('start__lt', models.F('end'))), name='passage_not_empty')],
            },
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('title', models.TextField()),
                ('text', models.TextField()),
                ('replaced_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('article', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='ingest.article')),
                ('from_page', models.BooleanField(help_text='whether its page had told it; unknown of old ones', null=True)),
                ('told', models.BooleanField(db_default=False, default=False, help_text='what cites it is to be verified again since')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('article', 'number'), name='one_revision_per_number')],
                'indexes': [models.Index(condition=models.Q(('told', False)), fields=['id'], name='revision_untold')],
            },
        ),
        migrations.CreateModel(
            name='Split',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='splits', to='ingest.article')),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='ingest.article')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('article', 'other'), name='one_split_per_pair')],
            },
        ),
        SettleAll(),
    ]
