import briefings.changing
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('briefings', '0014_planned_mail'),
        ('ingest', '0009_defaults_for_old_workers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Tombstone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('changed', models.BigIntegerField(db_default=briefings.changing.CurrentTransaction(), editable=False)),
                ('kind', models.CharField(max_length=20)),
                ('key', models.CharField(max_length=40)),
                ('gone_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.AddField(
            model_name='correction',
            name='changed',
            field=models.BigIntegerField(db_default=briefings.changing.CurrentTransaction(), editable=False),
        ),
        migrations.AddField(
            model_name='edition',
            name='changed',
            field=models.BigIntegerField(db_default=briefings.changing.CurrentTransaction(), editable=False),
        ),
        migrations.AddField(
            model_name='saved',
            name='changed',
            field=models.BigIntegerField(db_default=briefings.changing.CurrentTransaction(), editable=False),
        ),
        migrations.AddField(
            model_name='turn',
            name='client_id',
            field=models.CharField(blank=True, db_default='', help_text='what the asking device calls it, if it repeats itself', max_length=64),
        ),
        migrations.AddIndex(
            model_name='correction',
            index=models.Index(fields=['changed'], name='correction_changed'),
        ),
        migrations.AddIndex(
            model_name='edition',
            index=models.Index(fields=['reader', 'changed'], name='edition_changed'),
        ),
        migrations.AddIndex(
            model_name='saved',
            index=models.Index(fields=['reader', 'changed'], name='saved_changed'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correction',
            trigger=pgtrigger.compiler.Trigger(name='correction_has_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."replacement_id" IS DISTINCT FROM (NEW."replacement_id"))', func='NEW.changed := ((pg_current_xact_id())::text)::bigint; RETURN NEW;', hash='ece2c8b5e54ae88a4a7f09428e05fc7d652c5bf6', operation='UPDATE', pgid='pgtrigger_correction_has_changed_1154b', table='briefings_correction', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='edition',
            trigger=pgtrigger.compiler.Trigger(name='edition_has_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."prepared_at" IS DISTINCT FROM (NEW."prepared_at") OR OLD."sample" IS DISTINCT FROM (NEW."sample") OR OLD."state" IS DISTINCT FROM (NEW."state"))', func='NEW.changed := ((pg_current_xact_id())::text)::bigint; RETURN NEW;', hash='cb6ea98eb026c7412b17cf8642ce305dd75c117c', operation='UPDATE', pgid='pgtrigger_edition_has_changed_8ef15', table='briefings_edition', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='saved',
            trigger=pgtrigger.compiler.Trigger(name='saved_no_longer', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        INSERT INTO briefings_tombstone (reader_id, kind, key)\n        SELECT OLD.reader_id, 'saved', OLD.brief_id\n        WHERE EXISTS (SELECT FROM users_user WHERE id = OLD.reader_id)\n        ON CONFLICT (reader_id, kind, key) DO UPDATE SET changed = excluded.changed, gone_at = excluded.gone_at;\n        RETURN NULL;\n        ", hash='afb073103baf1a9d01da9bea4c50914551e54dac', operation='DELETE', pgid='pgtrigger_saved_no_longer_bb264', table='briefings_saved', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='saved',
            trigger=pgtrigger.compiler.Trigger(name='saved_again', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        DELETE FROM briefings_tombstone\n        WHERE reader_id = NEW.reader_id AND kind = 'saved' AND key = NEW.brief_id;\n        RETURN NULL;\n        ", hash='ac84fa00fee6d8aefcc399adeb8087752f7946cb', operation='INSERT', pgid='pgtrigger_saved_again_1d897', table='briefings_saved', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='turn',
            constraint=models.UniqueConstraint(condition=models.Q(('client_id', ''), _negated=True), fields=('conversation', 'client_id'), name='one_turn_per_client_id'),
        ),
        migrations.AddField(
            model_name='tombstone',
            name='reader',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='tombstone',
            index=models.Index(fields=['reader', 'changed'], name='tombstone_changed'),
        ),
        migrations.AddConstraint(
            model_name='tombstone',
            constraint=models.UniqueConstraint(fields=('reader', 'kind', 'key'), name='one_tombstone_each'),
        ),
        # Readers leave while triggers still write their tombstones: the database takes these along.
        migrations.RunSQL(
            "ALTER TABLE briefings_tombstone ADD CONSTRAINT tombstone_goes_with_its_reader"
            " FOREIGN KEY (reader_id) REFERENCES users_user (id) ON DELETE CASCADE",
            "ALTER TABLE briefings_tombstone DROP CONSTRAINT tombstone_goes_with_its_reader",
        ),
    ]
